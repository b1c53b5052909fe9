import { existsSync, readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

/**
 * From now on this process takes the word of an endpoint that signed itself, as well as of those
 * that it trusts already. Nothing without a file, or before the file is written.
 */
export function trustCertificate(file: string | undefined): void {
  if (file === undefined || !existsSync(file)) return;
  const own = readFileSync(file, "utf8");
  const trusted = getCACertificates("default");
  if (!trusted.includes(own)) setDefaultCACertificates([...trusted, own]);
}
