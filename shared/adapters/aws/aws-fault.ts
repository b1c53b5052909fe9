import { StoreFault } from "#shared/ports/store-fault.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";

/** How AWS names what is wrong with a request for good; everything else may pass. */
const LASTING: readonly (readonly [ErrorCode, RegExp])[] = [
  [
    "EXOS-E8102",
    // A bucket of another region redirects, a request signed for another region is malformed.
    /ResourceNotFound|NoSuchBucket|NonExistentQueue|QueueDoesNotExist|NotFoundExc|PermanentRedirect|IllegalLocationConstraint/,
  ],
  [
    "EXOS-E8103",
    /UnrecognizedClient|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKey|InvalidClientTokenId|CredentialsProvider|MissingAuthenticationToken|IncompleteSignature|AuthorizationHeaderMalformed|InvalidToken|AuthFailure|OptInRequired|RequestExpired|RequestTimeTooSkewed/,
  ],
  [
    "EXOS-E8104",
    // Topics have a word of their own for it, and a key may be switched off.
    /AccessDenied|NotAuthorized|AuthorizationError|UnauthorizedOperation|KMSInvalidState|^(KMS\.?)?Disabled|Forbidden/,
  ],
  ["EXOS-E8108", /InvalidAction|UnknownOperation|NotImplemented|UnsupportedOperation/],
  [
    "EXOS-E8105",
    /ValidationException|SerializationException|InvalidParameter|InvalidKeyUsage|EntityTooLarge/,
  ],
];

/** An answer without a body, as one to HEAD is, has no name for what is wrong: its status alone tells. */
const NAMELESS = /^Unknown(Error)?$/;
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  301: "EXOS-E8102",
  307: "EXOS-E8102",
  // S3's for credentials that expired, and for those that were signed for another region.
  400: "EXOS-E8103",
  401: "EXOS-E8103",
  403: "EXOS-E8104",
  404: "EXOS-E8102",
};

/** @returns the status of an answer that has no name for what is wrong */
function namelessStatus(cause: Error): number | undefined {
  if (!NAMELESS.test(cause.name) || !("$metadata" in cause)) return undefined;
  // Every exception of a service has it.
  const { httpStatusCode } = cause.$metadata as { readonly httpStatusCode?: number };
  return httpStatusCode;
}

/**
 * A failed request as a fault of the port that made it.
 *
 * @param doing what was asked of what, such as `reading the tip of exos-prod-syd-chain`
 */
export function awsFaultOf(cause: unknown, doing: string): StoreFault {
  if (cause instanceof StoreFault) return cause;
  const status = cause instanceof Error ? namelessStatus(cause) : undefined;
  const name = cause instanceof Error ? cause.name : String(cause);
  const said = cause instanceof Error ? cause.message : "";
  const code =
    status === undefined ? LASTING.find(([, sign]) => sign.test(name))?.[0] : BY_STATUS[status];
  const words =
    status === undefined ? `${name}${said === "" ? "" : `, ${said}`}` : `status ${status}`;
  return new StoreFault(`${doing}: ${words}`, {
    retryable: code === undefined,
    code: code ?? "EXOS-E8100",
    cause,
  });
}
