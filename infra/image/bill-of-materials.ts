import type { ProductionPackage } from "./production-packages.ts";

/**
 * The packages of an image as a bill of materials that scanners read.
 *
 * @returns CycloneDX 1.6 as JSON, without a time or a serial number, so that equal images have equal bills
 */
export function billOfMaterials(
  packages: readonly ProductionPackage[],
  program: { readonly name: string; readonly version: string },
): string {
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", ...program } },
    components: packages.map(({ name, version, integrity, license }) => ({
      type: "library",
      name,
      version,
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      ...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] }),
      ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    })),
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

const ALGORITHMS: Readonly<Record<string, string>> = { sha512: "SHA-512", sha1: "SHA-1" };

function hashOf(integrity: string): { readonly alg: string; readonly content: string } {
  const [name = "", digest = ""] = integrity.split("-", 2);
  const content = Buffer.from(digest, "base64").toString("hex");
  return { alg: ALGORITHMS[name] ?? name.toUpperCase(), content };
}
