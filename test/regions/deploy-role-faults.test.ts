import { describe, expect, it } from "vitest";
import { deployRoleFaults } from "#regions/deploy-role-faults.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { DEPLOYMENT, type DeployRoles } from "#regions/deployment.ts";
import { CITIES } from "#regions/fleet.ts";
import { sydney } from "#regions/sydney.ts";
import { checkDeployment } from "#services/cli/fleet/check-deployment.ts";

const ROLES = EXAMPLE_DEPLOYMENT.deployRoles.prod ?? fail();

function fail(): never {
  throw new RangeError("the example has no deployRoles.prod");
}

/** What is wrong with an entry that differs from the example; as no compiler would let it through. */
function faultsOf(other: object): string[] {
  const prod = { ...ROLES, ...other } as DeployRoles;
  return deployRoleFaults({ ...EXAMPLE_DEPLOYMENT, deployRoles: { prod } }, "prod");
}

const withSubjects = (other: object) => ({ subjects: { ...ROLES.subjects, ...other } });

describe("who deploys by a pipeline", () => {
  it("is nobody unless said, and rightly said by the example", () => {
    expect(deployRoleFaults(DEPLOYMENT, "prod")).toEqual([]);
    expect(deployRoleFaults(EXAMPLE_DEPLOYMENT, "prod")).toEqual([]);
    expect(faultsOf({ known: true, issuer: "https://gitlab.example.com/auth/realms/x" })).toEqual(
      [],
    );
  });

  it.each<readonly [string, object, string]>([
    ["a field that is none", { owner: "exos" }, "deployRoles.prod.owner: no such field"],
    ["no issuer", { issuer: undefined }, "deployRoles.prod.issuer: https://"],
    ["plain http", { issuer: "http://ci.example.com" }, "deployRoles.prod.issuer: https://"],
    ["a slash at the end", { issuer: `${ROLES.issuer}/` }, "deployRoles.prod.issuer: https://"],
    ["a port", { issuer: "https://ci.example.com:8443" }, "deployRoles.prod.issuer: https://"],
    ["letters for any", { issuer: "https://*.example.com" }, "deployRoles.prod.issuer: https://"],
    ["no audience", { audience: "" }, "deployRoles.prod.audience: one, letter by letter"],
    ["any audience", { audience: "*" }, "deployRoles.prod.audience: one, letter by letter"],
    ["a mark that is none", { known: "yes" }, "deployRoles.prod.known: true, or left out"],
    ["no subjects", { subjects: undefined }, "deployRoles.prod.subjects: one for each wave"],
    ["a wave of nobody", { subjects: { 0: "a", 1: "b", 3: "c" } }, "prod.subjects.2: who deploys"],
    ["a wave that is none", withSubjects({ 4: "d" }), "prod.subjects.4: no such wave"],
    ["any subject", withSubjects({ 1: "repo:exos/node:*" }), "prod.subjects.1: one, letter"],
    ["any letter", withSubjects({ 1: "repo:exos/nod?" }), "prod.subjects.1: one, letter"],
    ["a variable", withSubjects({ 1: "repo:$x" }), "prod.subjects.1: one, letter"],
    ["no text", withSubjects({ 1: 7 }), "prod.subjects.1: one, letter"],
    ["one for two", withSubjects({ 2: ROLES.subjects[1] }), "subjects.2: the same as subjects.1"],
  ])("is refused with %s, by its field and no other", (_, other, sentence) => {
    const faults = faultsOf(other);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(sentence);
    expect(faults[0]).toMatch(/^deployRoles\.prod\./);
  });

  it("is no one where cities are not told apart by their regions", () => {
    const twin = { ...sydney, code: "bri", wave: 1 as const };
    expect(deployRoleFaults(EXAMPLE_DEPLOYMENT, "prod", [...CITIES, twin])).toEqual([
      "deployRoles.prod: syd and bri share ap-southeast-2, where who deploys one wave deploys the other",
    ]);
  });

  it("is said for environments that there are, and not for this machine", () => {
    const strange = { ...EXAMPLE_DEPLOYMENT, deployRoles: { prd: ROLES, local: ROLES } };
    expect(deployRoleFaults(strange, "local")).toEqual([
      "deployRoles.prd: no such environment; there are prod and test",
      "deployRoles.local: no pipeline deploys to an endpoint on this machine",
    ]);
  });

  it("ends a command before anything is synthesised, by the names of the fields", () => {
    const { 0: _, ...subjects } = ROLES.subjects;
    const deployRoles = { prod: { ...ROLES, subjects } };
    expect(() => checkDeployment("prod", { ...EXAMPLE_DEPLOYMENT, deployRoles })).toThrow(
      expect.objectContaining({
        code: "EXOS-E8004",
        message: "regions/deployment.ts: deployRoles.prod.subjects.0: who deploys wave 0",
      }),
    );
    expect(() => checkDeployment("prod", EXAMPLE_DEPLOYMENT)).not.toThrow();
  });

  it("is not read beside fields that nobody reads", () => {
    const moved = { ...EXAMPLE_DEPLOYMENT, cityAccounts: { "prod/syd": "999988887777" } };
    expect(() => checkDeployment("prod", moved)).toThrow(
      / cityAccounts: no such field; .* accounts,/,
    );
  });
});
