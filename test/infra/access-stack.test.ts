import { App } from "aws-cdk-lib";
import { beforeAll, describe, expect, it } from "vitest";
import { addAccess } from "#infra/add-access.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import type { DeployRoles } from "#regions/deployment.ts";
import { CITIES, WAVES } from "#regions/fleet.ts";
import { deployPolicies } from "../support/deploy-policies.ts";
import { allows } from "../support/policy-matcher.ts";
import { productionFleet, type Resource, resourcesOf } from "../support/synthesised-fleet.ts";

/** What IAM takes. @source IAM User Guide, "IAM and AWS STS quotas" */
const INLINE_LETTERS_MAX = 10_240;
const MANAGED_LETTERS_MAX = 6_144;
const SESSION_SECONDS_MAX = 7_200;
const ROLES = EXAMPLE_DEPLOYMENT.deployRoles.prod;

beforeAll(() => void productionFleet(), 300_000);

function ofType(type: string): readonly Resource[] {
  return resourcesOf(productionFleet().stages.get("access"))
    .map(({ resource }) => resource)
    .filter(({ Type }) => Type === type);
}

const lettersOf = (document: unknown) => JSON.stringify(document).length;

/** Ids of an app with another entry, from its stages down. */
function idsWith(deployRoles: { readonly prod?: unknown }): string[] {
  const app = new App();
  // As no compiler would let it through.
  const given = deployRoles as { readonly prod?: DeployRoles };
  const deployment = { ...EXAMPLE_DEPLOYMENT, deployRoles: given };
  addAccess(app, { environment: "prod", deployment }, CITIES);
  return app.node.findAll().map(({ node }) => node.id);
}

describe("the roles of whoever deploys", () => {
  it("are one per wave, each for one audience and one subject, and for nobody else", () => {
    const roles = ofType("AWS::IAM::Role");
    expect(roles.map(({ Properties }) => Properties?.["RoleName"])).toEqual(
      WAVES.map((_, wave) => `exos-prod-deploy-wave-${wave}`),
    );
    const issuer = "token.actions.githubusercontent.com";
    for (const [wave, { Properties = {} }] of roles.entries()) {
      expect(Properties["AssumeRolePolicyDocument"], String(wave)).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
            Condition: {
              StringEquals: {
                [`${issuer}:aud`]: "sts.amazonaws.com",
                [`${issuer}:sub`]: `repo:exos/node:environment:wave-${wave}`,
              },
            },
          },
        ],
      });
    }
    expect(ofType("AWS::IAM::OIDCProvider").map(({ Properties }) => Properties)).toEqual([
      { Url: `https://${issuer}`, ClientIdList: ["sts.amazonaws.com"] },
    ]);
  });

  it("last two hours, stay within their boundary, and fit what IAM takes", () => {
    for (const { Properties = {} } of ofType("AWS::IAM::Role")) {
      const name = String(Properties["RoleName"]);
      expect(Properties["MaxSessionDuration"], name).toBeLessThanOrEqual(SESSION_SECONDS_MAX);
      expect(Properties["PermissionsBoundary"], name).toHaveProperty("Ref");
      expect(Properties["ManagedPolicyArns"], name).toBeUndefined();
      const policies = Properties["Policies"] as { readonly PolicyDocument: unknown }[];
      const letters = policies.reduce((sum, one) => sum + lettersOf(one.PolicyDocument), 0);
      expect(letters, name).toBeLessThan(INLINE_LETTERS_MAX);
    }
    const [boundary, ...more] = ofType("AWS::IAM::ManagedPolicy");
    expect(more).toEqual([]);
    expect(lettersOf(boundary?.Properties?.["PolicyDocument"])).toBeLessThan(MANAGED_LETTERS_MAX);
  });

  it("take on what the assembly names for the cities of their wave, and nothing besides", () => {
    const { takenOn } = productionFleet();
    for (const { wave, rules } of deployPolicies()) {
      const named = rules
        .filter(({ actions }) => actions.includes("sts:AssumeRole"))
        .flatMap(({ resources }) => resources);
      const codes = CITIES.filter((city) => city.wave === wave).map(({ code }) => code);
      const wanted = codes.flatMap((code) => [...(takenOn.get(code) ?? [])]);
      expect([...named].sort(), `wave ${wave}`).toEqual(wanted.sort());
      for (const [stage, roles] of takenOn) {
        for (const resource of codes.includes(stage) ? [] : roles) {
          const request = { action: "sts:AssumeRole", resource };
          expect(allows(rules, request), `wave ${wave}: ${resource}`).toBe(false);
        }
      }
    }
  });

  it("name their actions, and reach nobody's identity", () => {
    const forbidden = [
      ["iam:PassRole", "arn:aws:iam::111122223333:role/exos-prod-deploy-wave-0"],
      ["iam:UpdateAssumeRolePolicy", "arn:aws:iam::111122223333:role/exos-prod-deploy-wave-0"],
      ["sts:AssumeRole", "arn:aws:iam::111122223333:role/exos-prod-deploy-wave-2"],
      ["sts:AssumeRole", "arn:aws:iam::111122223333:role/admin"],
      [
        "sts:AssumeRole",
        "arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-2",
      ],
      ["cloudformation:UpdateStack", "arn:aws:cloudformation:us-east-1:111122223333:stack/x/y"],
    ] as const;
    for (const { wave, rules, boundary } of deployPolicies()) {
      for (const action of rules.flatMap(({ actions }) => actions)) {
        expect(action, String(wave)).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
      }
      for (const [action, resource] of forbidden) {
        expect(allows(rules, { action, resource }), `${wave} ${action}`).toBe(false);
        expect(allows(boundary, { action, resource }), action).toBe(false);
      }
    }
  });
});

describe("an account", () => {
  it("knows no deployer unless one is named", () => {
    expect(idsWith({})).not.toContain("access");
    expect(idsWith({ prod: ROLES })).toEqual(expect.arrayContaining(["access", "Issuer"]));
  });

  it("that knows the issuer already is not told of it again", () => {
    const ids = idsWith({ prod: { ...ROLES, known: true } });
    expect(ids).not.toContain("Issuer");
    expect(ids.filter((id) => /^Wave\d$/.test(id))).toHaveLength(WAVES.length);
  });

  it("trusts nobody by an entry that says too much, or too little", () => {
    const wide = { ...ROLES, subjects: { ...ROLES?.subjects, 2: "repo:exos/*" } };
    expect(() => idsWith({ prod: wide })).toThrow(
      "regions/deployment.ts: deployRoles.prod.subjects.2: one, letter by letter",
    );
  });
});
