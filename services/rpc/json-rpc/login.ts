import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** One accepted pair of name and password, or what can tell whether a pair is right. */
export type Login =
  | { readonly kind: "plain"; readonly user: string; readonly password: string }
  /** `rpcauth=user:salt$hash`, the hash an HMAC-SHA256 of the password under the salt, in hex. */
  | {
      readonly kind: "salted";
      readonly user: string;
      readonly salt: string;
      readonly hashHex: string;
    };

const SALTED = /^([^:]+):([^$]+)\$([0-9a-fA-F]{64})$/;

/** A value of `rpcauth`. @source Bitcoin Core share/rpcauth/rpcauth.py */
export function parseSaltedLogin(text: string): Login | undefined {
  const [, user, salt, hashHex] = SALTED.exec(text) ?? [];
  if (user === undefined || salt === undefined || hashHex === undefined) return undefined;
  return { kind: "salted", user, salt, hashHex: hashHex.toLowerCase() };
}

/** Name of the login that the cookie file holds. */
export const COOKIE_USER = "__cookie__";

/** The user whose pair an `Authorization` header names; `undefined` without such a pair. */
export type LoginCheck = (header: string | undefined) => string | undefined;

/** Headers that were right and are remembered, by their digest; callers have few logins. */
const REMEMBERED_MAX = 64;

/** Constant time in the secrets. A header that was right once is known by its digest from then on. */
export function createLoginCheck(logins: readonly Login[]): LoginCheck {
  const right = new Map<string, string>();
  return (header) => {
    if (header === undefined) return undefined;
    const digest = createHash("sha256").update(header).digest("base64");
    const known = right.get(digest);
    if (known !== undefined) return known;
    const pair = basicPair(header);
    if (pair === undefined) return undefined;
    if (!logins.map((login) => accepts(login, pair)).includes(true)) return undefined;
    if (right.size < REMEMBERED_MAX) right.set(digest, pair.user);
    return pair.user;
  };
}

interface Pair {
  readonly user: string;
  readonly password: string;
}

/** @source RFC 7617 */
function basicPair(header: string): Pair | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = new TextDecoder().decode(Buffer.from(encoded, "base64"));
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * The same check for routes, which also take the secret of the cookie file alone, as a token.
 * @source RFC 6750; interfaces.md 3.1
 */
export function orToken(check: LoginCheck): LoginCheck {
  return (header) => {
    const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? "")?.[1];
    if (token === undefined) return check(header);
    return check(`Basic ${Buffer.from(`${COOKIE_USER}:${token}`).toString("base64")}`);
  };
}

function accepts(login: Login, pair: Pair): boolean {
  const user = isSame(login.user, pair.user);
  if (login.kind === "plain") return isSame(login.password, pair.password) && user;
  const given = createHmac("sha256", login.salt).update(pair.password).digest("hex");
  return isSame(login.hashHex, given) && user;
}

/** Digests are compared, so that neither content nor length shows in the time it takes. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(
    createHash("sha256").update(a).digest(),
    createHash("sha256").update(b).digest(),
  );
}
