import type { Result } from "#shared/primitives/result.ts";

/** What a link asks to be paid. */
export interface PaymentLink {
  readonly address: string;
  /** Coins as text. */
  readonly amount: string | undefined;
  readonly label: string | undefined;
  readonly message: string | undefined;
}

const SCHEME = "exos:";
const KNOWN = new Set(["amount", "label", "message"]);

/** Whether a text is a link, and no bare address. */
export function isPaymentLink(text: string): boolean {
  return text.toLowerCase().startsWith(SCHEME);
}

/**
 * `exos:<address>?amount=&label=&message=`. What it says beside is passed over, but for `req-…`:
 * whoever wrote that wants to be understood.
 *
 * @returns a sentence for a link that cannot be followed
 * @source BIP21; interfaces.md 5.4
 */
export function parsePaymentLink(text: string): Result<PaymentLink, string> {
  const [address = "", ...rest] = text.slice(SCHEME.length).split("?");
  const query = new URLSearchParams(rest.join("?"));
  const strange = [...query.keys()].find((key) => key.startsWith("req-") && !KNOWN.has(key));
  if (strange !== undefined) {
    return { ok: false, error: `the link demands "${strange.slice(0, 40)}", which is not known` };
  }
  if (address === "") return { ok: false, error: "the link names no address" };
  const value = (name: string) => query.get(name) ?? undefined;
  return {
    ok: true,
    value: { address, amount: value("amount"), label: value("label"), message: value("message") },
  };
}
