import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
} from "aws-cdk-lib/aws-iam";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { removalOf } from "#infra/removal-of.ts";
import type { CityNames } from "#regions/city-names.ts";
import { stakeKeyDescription } from "#regions/city-names.ts";

/** What administrators of the account may do: everything but sign. */
const ADMINISTER = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:GetKeyPolicy",
  "kms:GetPublicKey",
  "kms:ListKeyPolicies",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

/** The key that a city stakes with: one role signs with it, digests only. @source cloud.md 9.2 */
export class StakeKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, names: CityNames) {
    super(scope, id);
    const signer = `arn:aws:iam::${names.account}:role/${names.prefix}-stake-sign`;
    // By its name, as a condition: the role names the key, and one of both must come first.
    const bySigner = { ArnEquals: { "aws:PrincipalArn": signer } };
    const digests = {
      StringEquals: { "kms:SigningAlgorithm": "ECDSA_SHA_256", "kms:MessageType": "DIGEST" },
    };
    const root = [new AccountRootPrincipal()];
    const every = { resources: ["*"] };
    this.key = new Key(this, "Key", {
      alias: names.stakeKey,
      description: stakeKeyDescription(names),
      keySpec: KeySpec.ECC_SECG_P256K1,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: removalOf(names.environment),
      policy: new PolicyDocument({
        statements: [
          new PolicyStatement({ principals: root, actions: ADMINISTER, ...every }),
          new PolicyStatement({
            principals: root,
            actions: ["kms:Sign"],
            conditions: { ...bySigner, ...digests },
            ...every,
          }),
          new PolicyStatement({
            effect: Effect.DENY,
            principals: [new AnyPrincipal()],
            actions: ["kms:Sign"],
            conditions: { ArnNotEquals: { "aws:PrincipalArn": signer } },
            ...every,
          }),
        ],
      }),
    });
  }
}
