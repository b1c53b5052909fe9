import { describe, expect, it } from "vitest";
import { isPaymentLink, parsePaymentLink } from "#services/cli/wallet/payment-uri.ts";

const ADDRESS = "XX582xzQcPAncHnUA3tbWteFxQ9yrWutuh";

describe("a payment link", () => {
  it("says who, how much and what for", () => {
    expect(parsePaymentLink(`exos:${ADDRESS}?amount=1.5&label=Rent%20May&message=a?b`)).toEqual({
      ok: true,
      value: { address: ADDRESS, amount: "1.5", label: "Rent May", message: "a?b" },
    });
  });

  it("may say who alone", () => {
    const link = parsePaymentLink(`EXOS:${ADDRESS}`);
    expect(link).toMatchObject({ ok: true, value: { address: ADDRESS, amount: undefined } });
  });

  it("is passed over where it says more, and refused where that is demanded", () => {
    expect(parsePaymentLink(`exos:${ADDRESS}?color=red`).ok).toBe(true);
    expect(parsePaymentLink(`exos:${ADDRESS}?req-color=red`)).toEqual({
      ok: false,
      error: 'the link demands "req-color", which is not known',
    });
    expect(parsePaymentLink("exos:?amount=1").ok).toBe(false);
  });

  it.each([
    ["exos:a", true],
    ["Exos:a", true],
    [ADDRESS, false],
    ["bitcoin:a", false],
  ])("is told from an address: %s", (text, isLink) => {
    expect(isPaymentLink(text)).toBe(isLink);
  });
});
