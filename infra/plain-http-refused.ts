import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";

/** A resource policy that refuses everybody who asks without TLS, and allows nobody anything. */
export function plainHttpRefused(action: string, resource: string): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [action],
        resources: [resource],
        conditions: { Bool: { "aws:SecureTransport": "false" } },
      }),
    ],
  });
}
