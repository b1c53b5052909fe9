/** Errors that another attempt may get past, as the SDK's standard retry sees them. */
const MAY_PASS: readonly unknown[] = ["TRANSIENT", "THROTTLING", "SERVER_ERROR"];
const ATTEMPTS = 3;
/**
 * Before another attempt at an endpoint of another process, which ends connections that nobody used
 * for a while: a loop that was busy meanwhile hears of all of them once it has a turn.
 */
const PAUSE_MS = process.env["AWS_ENDPOINT_URL"] === undefined ? 0 : 100;

interface Attempt {
  getRetryCount(): number;
  getRetryDelay(): number;
}

const attempt = (count: number): Attempt => ({
  getRetryCount: () => count,
  getRetryDelay: () => (count === 0 ? 0 : PAUSE_MS),
});

/** The standard retry without its long pauses: three attempts, one right after the other in this process. */
const IMPATIENT = {
  mode: "standard",
  acquireInitialRetryToken: async () => attempt(0),
  async refreshRetryTokenForRetry(before: Attempt, { errorType }: { readonly errorType: unknown }) {
    const next = before.getRetryCount() + 1;
    if (next < ATTEMPTS && MAY_PASS.includes(errorType)) return attempt(next);
    throw new RangeError("no attempt is left");
  },
  recordSuccess: () => undefined,
};

/**
 * The form of a signature, for an endpoint that looks no closer: a real one is a sixth of what a
 * request to tables in this process costs.
 */
export const FORMAL_SIGNER = {
  async sign<Request extends { readonly headers: Record<string, string> }>(request: Request) {
    request.headers["x-amz-date"] = "20260101T000000Z";
    request.headers["authorization"] =
      "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00";
    return request;
  },
};

/** What a client of a test adds to `createDynamoClient` and its siblings. */
export function testSettings(endpoint: string) {
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retryStrategy: IMPATIENT,
    // A machine that runs several suites at once may well take longer than the 3 s of 7.1.
    requestHandler: { requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
}
