/** A way in which text may stand in what was written. */
export interface SecretForm {
  /** Such as `base64`. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Hexadecimal text of bytes that may themselves be written. */
const HEX = /^(?:[0-9a-f]{2}){16,}$/;
/** Text lies at any of three places within the groups of base64. */
const PLACES = [0, 1, 2] as const;

/** The characters of base64 that depend on these bytes alone, wherever in a longer text they lie. */
function base64At(bytes: Buffer, place: number): string {
  const text = Buffer.concat([Buffer.alloc(place), bytes]).toString("base64");
  return text.slice(Math.ceil((place * 8) / 6), Math.floor(((place + bytes.length) * 8) / 6));
}

function encodings(bytes: Buffer, of: string): readonly (readonly [string, string])[] {
  const hex = bytes.toString("hex");
  const base64 = PLACES.map((place) => base64At(bytes, place));
  return [
    [`hex${of}`, hex],
    [`hex${of}`, hex.toUpperCase()],
    ...base64.map((text) => [`base64${of}`, text] as const),
    ...base64.map((text) => [`base64${of}`, toUrlAlphabet(text)] as const),
  ];
}

const toUrlAlphabet = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_");
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const inXml = (text: string) =>
  text.replace(/[&<>"']/g, (sign) => `&${XML_NAMES[sign as keyof typeof XML_NAMES]};`);
const XML_NAMES = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" } as const;

/**
 * How a secret may stand in what was written: as it is, escaped for JSON (once and twice), XML and
 * URLs, in hex and in base64 at any place of a longer text; and where it is hex itself, the bytes that it
 * stands for, likewise.
 */
export function secretForms(value: string): readonly SecretForm[] {
  const json = inJson(value);
  const url = encodeURIComponent(value);
  const form = new URLSearchParams([["", value]]).toString().slice(1);
  const texts: (readonly [string, string])[] = [
    ["as it is", value],
    ["escaped for JSON", json],
    ["escaped for JSON", json.replaceAll("/", "\\/")],
    ["escaped for JSON twice", inJson(json)],
    ["escaped for XML", inXml(value)],
    ["encoded for URLs", url],
    ["encoded for URLs", form],
    ["encoded for URLs", url.replace(/%../g, (code) => code.toLowerCase())],
    ...encodings(Buffer.from(value), ""),
  ];
  const forms = texts.map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  if (HEX.test(value)) {
    const bytes = Buffer.from(value, "hex");
    forms.push({ name: "as the bytes of its hex", bytes });
    for (const [name, text] of encodings(bytes, " of its bytes")) {
      forms.push({ name, bytes: Buffer.from(text) });
    }
  }
  // Most forms of plain letters and digits are one and the same; the first name is the simplest.
  return [
    ...new Map(forms.toReversed().map((one) => [one.bytes.toString("latin1"), one])).values(),
  ];
}
