import type { ErrorCode } from "./error-catalogue.ts";

/** Why something that was asked for is not done: a code of the catalogue and what it is about. */
export interface Refusal {
  readonly code: ErrorCode;
  /** One sentence that names the file, height, hash, offset or limit. */
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** A failed result that carries a refusal. */
export function refusal(
  code: ErrorCode,
  message: string,
  fields: Refusal["fields"] = {},
): { readonly ok: false; readonly error: Refusal } {
  return { ok: false, error: { code, message, fields } };
}
