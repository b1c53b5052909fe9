import type { CloudControl } from "#services/cli/cloud/cloud-control.ts";
import { LOCAL_ACCOUNT, type LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** Names of AWS itself; whatever credentials they are given, nothing local is sent there. */
const AWS_HOST = /(^|\.)(amazonaws\.com(\.cn)?|aws|api\.aws)$/i;

/**
 * Refuse whatever is no emulator: a local city is deployed nowhere else.
 *
 * @throws CommandFailure `EXOS-E8182` for AWS, or an account that is none of an emulator's;
 *   `EXOS-E8181` when nothing answers
 */
export async function checkAccount(
  { url }: LocalEndpoint,
  cloud: Pick<CloudControl, "account">,
): Promise<void> {
  const { protocol, hostname: host = "" } = URL.parse(url) ?? {};
  // A host with a port reads as a URL too, and what stands before the colon as its protocol.
  if (protocol !== "http:" && protocol !== "https:") {
    const message = `AWS_ENDPOINT_URL: ${url} is no URL of an endpoint, such as http://127.0.0.1:4566`;
    throw new CommandFailure(message, { code: "EXOS-E8182" });
  }
  if (AWS_HOST.test(host)) {
    throw new CommandFailure(`${url} is AWS itself, not an emulator`, { code: "EXOS-E8182" });
  }
  let account: string;
  try {
    account = await cloud.account();
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
    // Whoever knows the difference between keys refuses those of an emulator.
    const refused = cause.code === "EXOS-E8103" || cause.code === "EXOS-E8104";
    const code = refused ? "EXOS-E8182" : "EXOS-E8181";
    throw new CommandFailure(`${url} does not answer as an emulator: ${cause.message}`, {
      code,
      cause,
    });
  }
  if (account === LOCAL_ACCOUNT) return;
  const message = `${url} is of the account ${account}, where an emulator has ${LOCAL_ACCOUNT}`;
  throw new CommandFailure(message, { code: "EXOS-E8182" });
}
