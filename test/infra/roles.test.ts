import { beforeAll, describe, expect, it } from "vitest";
import { GRANTS } from "#infra/grants.ts";
import { grantedActions } from "#infra/port-calls.ts";
import { cityNames } from "#regions/city-names.ts";
import { allows, type PolicyRequest, type PolicyRule, rulesOf } from "../support/policy-matcher.ts";
import { localFleet, productionFleet, resourcesOf } from "../support/synthesised-fleet.ts";

beforeAll(() => {
  productionFleet();
  localFleet();
});

const NAMES = cityNames({
  environment: "prod",
  code: "syd",
  region: "ap-southeast-2",
  account: "111122223333",
});

const table = (name: string) => `arn:aws:dynamodb:ap-southeast-2:111122223333:table/${name}`;
const CHAIN = table(NAMES.tables.chain);
const COINS = table(`${NAMES.tables.coins}-g0`);

/** Rules of every role of Sydney, by the part of its name after the city's. */
function rolesOf(code: string): ReadonlyMap<string, readonly PolicyRule[]> {
  const roles = new Map<string, readonly PolicyRule[]>();
  const fleet = code === "loc" ? localFleet() : productionFleet();
  for (const { resource } of resourcesOf(fleet.stages.get(code))) {
    const { Properties = {} } = resource;
    if (resource.Type !== "AWS::IAM::Role" || Properties["RoleName"] === undefined) continue;
    const policies = Properties["Policies"] as { readonly PolicyDocument: unknown }[];
    const name = String(Properties["RoleName"]).split("-").slice(3).join("-");
    roles.set(
      name,
      policies.flatMap(({ PolicyDocument }) => rulesOf(PolicyDocument)),
    );
  }
  return roles;
}

const whoMay = (request: PolicyRequest): string[] =>
  [...rolesOf("syd")].filter(([, rules]) => allows(rules, request)).map(([name]) => name);

const keyed = (action: string, resource: string, ...keys: string[]): PolicyRequest => ({
  action: `dynamodb:${action}`,
  resource,
  context: { "dynamodb:LeadingKeys": keys },
});

describe("the roles of a city", () => {
  it("are one for each handler, each within the city's boundary", () => {
    const handlers = Object.keys(GRANTS).filter((name) => name !== "stake-sign");
    expect([...rolesOf("syd").keys()].sort()).toEqual([...handlers, "execution"].sort());
    for (const { id, resource } of resourcesOf(productionFleet().stages.get("syd"))) {
      if (resource.Type !== "AWS::IAM::Role") continue;
      expect(resource.Properties?.["ManagedPolicyArns"], id).toBeUndefined();
      if (resource.Properties?.["RoleName"] === undefined) continue;
      expect(resource.Properties["PermissionsBoundary"], id).toBe(
        "arn:aws:iam::111122223333:policy/exos-prod-syd-boundary",
      );
    }
  });

  it("name their actions: none has a wildcard in it", () => {
    for (const [name, rules] of rolesOf("syd")) {
      for (const action of rules.flatMap(({ actions }) => actions)) {
        expect(action, name).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
      }
    }
    expect(grantedActions().filter((action) => action.includes("*"))).toEqual([]);
  });

  it("let connect and load alone write the tip, and load alone delete it, for a refill", () => {
    for (const action of ["PutItem", "UpdateItem"]) {
      const writers = whoMay(keyed(action, CHAIN, "TIP"));
      expect(writers.sort()).toEqual(action === "PutItem" ? ["connect", "load"] : []);
    }
    expect(whoMay(keyed("DeleteItem", CHAIN, "TIP"))).toEqual(["load"]);
    expect(whoMay(keyed("Scan", CHAIN))).toEqual(["load"]);
    // A write that names the tip beside what one may write is a write of the tip.
    expect(whoMay(keyed("PutItem", CHAIN, "NOW", "TIP")).sort()).toEqual(["connect", "load"]);
    // No one request may write many items: it would have to be judged by all of them.
    for (const action of ["BatchWriteItem", "TransactWriteItems", "PartiQLInsert"]) {
      expect(whoMay(keyed(action, CHAIN, "TIP")), action).toEqual([]);
    }
  });

  it("let marks be added by two, and be put or deleted by nobody", () => {
    expect(whoMay(keyed("UpdateItem", COINS)).sort()).toEqual(["connect", "load"]);
    for (const action of ["PutItem", "DeleteItem", "BatchWriteItem"]) {
      expect(whoMay(keyed(action, COINS)), action).toEqual([]);
    }
    expect(whoMay(keyed("Scan", COINS))).toEqual([]);
  });

  it("let load alone make tables, of coins without end and a hundred of the index", () => {
    const making = (name: string) => whoMay({ action: "dynamodb:ImportTable", resource: name });
    expect(making(table(`${NAMES.tables.coins}-g123`))).toEqual(["load"]);
    expect(making(table(`${NAMES.tables.index}-g1`))).toEqual(["load"]);
    expect(making(table(`${NAMES.tables.index}-g99`))).toEqual(["load"]);
    expect(making(table(`${NAMES.tables.index}-g100`))).toEqual([]);
    expect(whoMay(keyed("Query", table(`${NAMES.tables.index}-g9`))).sort()).toEqual([
      "index-follow",
      "rpc",
    ]);
  });

  it("let nobody do what the boundary forbids", () => {
    const forbidden = [
      ["dynamodb:DeleteTable", CHAIN],
      ["iam:PassRole", "arn:aws:iam::111122223333:role/exos-prod-syd-connect"],
      ["kms:ScheduleKeyDeletion", "arn:aws:kms:ap-southeast-2:111122223333:key/k"],
      ["sts:AssumeRole", "arn:aws:iam::111122223333:role/admin"],
    ] as const;
    const boundary = resourcesOf(productionFleet().stages.get("syd"))
      .filter(({ resource }) => resource.Type === "AWS::IAM::ManagedPolicy")
      .flatMap(({ resource }) => rulesOf(resource.Properties?.["PolicyDocument"]));
    for (const [action, resource] of forbidden) {
      expect(whoMay({ action, resource }), action).toEqual([]);
      expect(allows(boundary, { action, resource }), action).toBe(false);
    }
    for (const action of grantedActions()) {
      expect(allows(boundary, { action, resource: "arn:any" }), action).toBe(true);
    }
  });

  it("reach no other city", () => {
    const other = (text: string) =>
      text.replaceAll("syd", "lon").replaceAll("ap-southeast-2", "eu-west-2");
    for (const action of grantedActions().filter((name) => name.startsWith("dynamodb:"))) {
      expect(whoMay({ action, resource: other(CHAIN) }), action).toEqual([]);
      expect(whoMay({ action, resource: other(COINS) }), action).toEqual([]);
    }
  });

  it("let the signer alone sign, and the peer process ask it", () => {
    const roles = [...rolesOf("loc")];
    const signing = roles.filter(([, rules]) =>
      rules.some(({ actions }) => actions.includes("kms:Sign")),
    );
    expect(signing.map(([name]) => name)).toEqual(["stake-sign"]);
    const resource = "arn:aws:lambda:us-east-1:000000000000:function:exos-local-loc-stake-sign";
    const asking = roles.filter(([, rules]) =>
      allows(rules, { action: "lambda:InvokeFunction", resource }),
    );
    expect(asking.map(([name]) => name)).toEqual(["ingest"]);
  });

  it("let whoever connects tell operators, and of what watches a watcher", () => {
    const telling = (code: string, region: string) => {
      const resource = `arn:aws:sns:${region}:111122223333:exos-prod-${code}-alarms`;
      const request = { action: "sns:Publish", resource };
      return [...rolesOf(code)].filter(([, rules]) => allows(rules, request)).map(([name]) => name);
    };
    expect(telling("syd", "ap-southeast-2").sort()).toEqual(["connect", "watch"]);
    expect(telling("fra", "eu-central-1")).toEqual(["connect"]);
  });

  it("let a watcher write the edge's vector, and each city its own name only", () => {
    const seed = (name: string): PolicyRequest => ({
      action: "route53:ChangeResourceRecordSets",
      resource: "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
      context: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name] },
    });
    expect(whoMay(seed("syd.seed.exos.example"))).toEqual(["watch"]);
    expect(whoMay(seed("lon.seed.exos.example"))).toEqual([]);
    const updates = (code: string) =>
      [...rolesOf(code)].filter(([, rules]) =>
        rules.some(({ actions }) => actions.includes("cloudfront-keyvaluestore:UpdateKeys")),
      );
    expect(updates("syd").map(([name]) => name)).toEqual(["watch"]);
    expect(updates("fra")).toEqual([]);
  });
});

describe("the policy matcher", () => {
  const rule = (part: Partial<PolicyRule>): PolicyRule => ({
    effect: "Allow",
    actions: ["s3:GetObject"],
    resources: ["arn:aws:s3:::b/recent/*"],
    conditions: [],
    ...part,
  });
  const get = { action: "s3:GetObject", resource: "arn:aws:s3:::b/recent/00" };
  const leading = (operator: string, ...values: string[]) => [
    { operator, key: "dynamodb:LeadingKeys", values },
  ];

  it.each([
    ["an exact action on a matching resource", [rule({})], get, true],
    ["nothing", [], get, false],
    ["another action", [rule({ actions: ["s3:PutObject"] })], get, false],
    ["actions in whatever case", [rule({ actions: ["S3:getobject"] })], get, true],
    ["a resource beside it", [rule({ resources: ["arn:aws:s3:::b/segments/*"] })], get, false],
    [
      "a pattern that only begins alike",
      [rule({ resources: ["arn:aws:s3:::b/recent"] })],
      get,
      false,
    ],
    ["a dot that is a dot", [rule({ resources: ["arn:aws:s3:::b.recent/00"] })], get, false],
    ["a denial beside it", [rule({}), rule({ effect: "Deny" })], get, false],
    [
      "keys that all match",
      [rule({ conditions: leading("ForAllValues:StringLike", "H#*", "TIP") })],
      { ...get, context: { "dynamodb:LeadingKeys": ["H#00", "TIP"] } },
      true,
    ],
    [
      "a key among others that does not",
      [rule({ conditions: leading("ForAllValues:StringLike", "H#*") })],
      { ...get, context: { "dynamodb:LeadingKeys": ["H#00", "TIP"] } },
      false,
    ],
    [
      "a key that must be there",
      [rule({ conditions: leading("StringEquals", "TIP") })],
      get,
      false,
    ],
  ] as const)("judges %s", (_name, rules, request, allowed) => {
    expect(allows(rules, request)).toBe(allowed);
  });
});
