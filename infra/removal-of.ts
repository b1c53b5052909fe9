import { RemovalPolicy } from "aws-cdk-lib";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";

/**
 * What becomes of data, images, keys and logs when their stack is deleted: they stay where an
 * environment is protected. With a creation that is undone they always go, since their names are fixed,
 * and what stayed would stand in the way of the next one.
 *
 * @source CloudFormation, `DeletionPolicy`: `RetainExceptOnCreate`
 */
export function removalOf(environment: EnvironmentName): RemovalPolicy {
  return ENVIRONMENTS[environment].protected
    ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    : RemovalPolicy.DESTROY;
}
