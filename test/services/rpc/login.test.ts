import { describe, expect, it } from "vitest";
import { createLoginCheck, type Login, parseSaltedLogin } from "#services/rpc/json-rpc/login.ts";

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;
const loggedInUser = (header: string | undefined, logins: readonly Login[]) =>
  createLoginCheck(logins)(header);
const plain: Login = { kind: "plain", user: "__cookie__", password: "00ff" };

describe("a login", () => {
  it("is a pair that was accepted", () => {
    expect(loggedInUser(basic("__cookie__:00ff"), [plain])).toBe("__cookie__");
    expect(loggedInUser(`bAsIc   ${basic("__cookie__:00ff").slice(6)}`, [plain])).toBeDefined();
  });

  it.each([
    ["nothing", undefined],
    ["another password", basic("__cookie__:00fe")],
    ["a longer password", basic("__cookie__:00ff0")],
    ["another user", basic("root:00ff")],
    ["no colon", basic("__cookie__00ff")],
    ["an empty pair", basic(":")],
    ["a bearer token", "Bearer 00ff"],
    ["no base64", "Basic ***"],
    ["Basic alone", "Basic "],
  ])("is not %s", (_, header) => {
    expect(loggedInUser(header, [plain])).toBeUndefined();
  });

  it("lets nobody in where none is accepted", () => {
    expect(loggedInUser(basic("__cookie__:00ff"), [])).toBeUndefined();
  });

  it("that was right stays right, and one that was wrong stays wrong", () => {
    const check = createLoginCheck([plain]);
    for (let time = 0; time < 3; time++) {
      expect(check(basic("__cookie__:00ff"))).toBe("__cookie__");
      expect(check(basic("__cookie__:00fe"))).toBeUndefined();
    }
  });

  it("may have colons in its password", () => {
    const login: Login = { kind: "plain", user: "u", password: "a:b" };
    expect(loggedInUser(basic("u:a:b"), [login])).toBe("u");
  });
});

describe("rpcauth", () => {
  // Made with `printf %s <password> | openssl dgst -sha256 -hmac <salt>`.
  const line =
    "alice:b2dd077cb54591a2f3139e69a897ac$" +
    "c81126ce0372686f11f3d55a99e693bfed82b7aa94ad0b8d9c5e26cb6e208562";

  it("keeps a salted digest instead of the password", () => {
    const login = parseSaltedLogin(line);
    expect(login?.kind).toBe("salted");
    const logins = login === undefined ? [] : [login];
    expect(loggedInUser(basic("alice:correct horse"), logins)).toBe("alice");
    expect(loggedInUser(basic("alice:correct horsE"), logins)).toBeUndefined();
    expect(loggedInUser(basic("bob:correct horse"), logins)).toBeUndefined();
  });

  it.each(["", "alice", "alice:salt", "alice:salt$12", `:salt$${"00".repeat(32)}`])(
    "refuses %j",
    (text) => {
      expect(parseSaltedLogin(text)).toBeUndefined();
    },
  );
});
