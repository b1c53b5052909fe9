import { describe, expect, it } from "vitest";
import { CHAIN_ERRORS } from "#shared/primitives/chain-errors.ts";
import { CLOUD_ERRORS } from "#shared/primitives/cloud-errors.ts";
import { CONFIGURATION_ERRORS } from "#shared/primitives/configuration-errors.ts";
import { ERROR_CATALOGUE, findError } from "#shared/primitives/error-catalogue.ts";
import { FLEET_ERRORS } from "#shared/primitives/fleet-errors.ts";
import { HTTP_ERRORS } from "#shared/primitives/http-errors.ts";
import { LOCAL_CLOUD_ERRORS } from "#shared/primitives/local-cloud-errors.ts";
import { OWN_ERRORS } from "#shared/primitives/own-errors.ts";
import { PEER_ERRORS } from "#shared/primitives/peer-errors.ts";
import { STAKING_ERRORS } from "#shared/primitives/staking-errors.ts";
import { STORE_ERRORS } from "#shared/primitives/store-errors.ts";
import { WALLET_ERRORS } from "#shared/primitives/wallet-errors.ts";

const groups = [
  { digit: "0", rows: CONFIGURATION_ERRORS },
  { digit: "1", rows: STORE_ERRORS },
  { digit: "2", rows: CHAIN_ERRORS },
  { digit: "3", rows: PEER_ERRORS },
  { digit: "4", rows: HTTP_ERRORS },
  { digit: "5", rows: WALLET_ERRORS },
  { digit: "6", rows: STAKING_ERRORS },
  { digit: "8", rows: FLEET_ERRORS },
  { digit: "8", rows: CLOUD_ERRORS },
  { digit: "8", rows: LOCAL_CLOUD_ERRORS },
  { digit: "9", rows: OWN_ERRORS },
];

describe("the catalogue of errors", () => {
  it.each(Object.entries(ERROR_CATALOGUE))("%s speaks in whole sentences", (code, row) => {
    expect(code).toMatch(/^EXOS-E\d{4}$/);
    expect(row.sentence).toMatch(/^[A-Z].*\.$/);
    expect(row.hint).toMatch(/^[A-Z`].*\.$/);
    expect(row.title).not.toMatch(/\.$/);
    expect(row.status).toBeGreaterThanOrEqual(400);
  });

  it.each(groups)("keeps the codes of group $digit in their file", ({ digit, rows }) => {
    for (const code of Object.keys(rows)) expect(code.slice(6, 7), code).toBe(digit);
  });

  it("gives a request's code the status it names", () => {
    for (const [code, row] of Object.entries(HTTP_ERRORS)) {
      expect(code.slice(6, 9), code).toBe(String(row.status));
    }
  });

  it("has no two rows of one title", () => {
    const titles = Object.values(ERROR_CATALOGUE).map((row) => row.title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("loses no row to another group", () => {
    const count = groups.reduce((sum, { rows }) => sum + Object.keys(rows).length, 0);
    expect(Object.keys(ERROR_CATALOGUE)).toHaveLength(count);
  });

  it("finds a row by its code, and nothing by a name of Object's", () => {
    expect(findError("EXOS-E1001")?.title).toBe("Data folder in use");
    expect(findError("EXOS-E1999")).toBeUndefined();
    expect(findError("constructor")).toBeUndefined();
  });
});
