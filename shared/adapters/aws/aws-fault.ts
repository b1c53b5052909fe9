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

/**
 * A failed request as a fault of the port that made it.
 *
 * @param doing what was asked of what, such as `reading the tip of exos-prod-syd-chain`
 */
export function awsFaultOf(cause: unknown, doing: string): StoreFault {
  if (cause instanceof StoreFault) return cause;
  const name = cause instanceof Error ? cause.name : String(cause);
  const said = cause instanceof Error ? cause.message : "";
  const code = LASTING.find(([, sign]) => sign.test(name))?.[0];
  return new StoreFault(`${doing}: ${name}${said === "" ? "" : `, ${said}`}`, {
    retryable: code === undefined,
    code: code ?? "EXOS-E8100",
    cause,
  });
}
