/** Digits of a coin behind the point. */
const PLACES = 8;
/** More digits than all money has. */
const DIGITS_MAX = 40;

/**
 * A decimal number of coins, as text or as JSON wrote it, in base units: digit by digit, so that no
 * float ever holds it. @returns `undefined` for anything else, or for more than eight places
 */
export function parseCoins(value: unknown): bigint | undefined {
  const text = typeof value === "string" ? value : numberText(value);
  const parts = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text ?? "");
  if (parts === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
  if (whole === "" && fraction === "") return undefined;
  const shift = PLACES - fraction.length + Number(exponent);
  const digits = `${whole}${fraction}`;
  if (digits.length + Math.max(0, shift) > DIGITS_MAX) return undefined;
  const cut = Math.max(0, -shift);
  const tail = digits.slice(digits.length - cut);
  if (/[1-9]/.test(tail) || cut > digits.length) {
    return /[1-9]/.test(digits) ? undefined : 0n;
  }
  const units = BigInt(
    `${digits.slice(0, digits.length - cut)}${"0".repeat(Math.max(0, shift))}` || "0",
  );
  return sign === "-" ? -units : units;
}

function numberText(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return JSON.isRawJSON(value) ? JSON.stringify(value) : undefined;
}
