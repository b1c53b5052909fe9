import type { City } from "./city.ts";
import type { Deployment } from "./deployment.ts";
import type { EnvironmentName } from "./environment.ts";

/**
 * What `regions/deployment.ts` lacks before these cities can be deployed, a sentence each, naming
 * the field.
 */
export function missingFacts(
  deployment: Deployment,
  environment: EnvironmentName,
  cities: readonly City[],
): string[] {
  const aws = cities.filter(({ host }) => host.kind === "aws");
  const missing: string[] = [];
  const { [environment]: account = "" } = deployment.accounts;
  const hasAccount = /^\d{12}$/.test(account);
  if (aws.length > 0 && !hasAccount) {
    const codes = aws.map(({ code }) => code).join(", ");
    missing.push(`accounts.${environment}: the account, twelve digits, that stands for ${codes}`);
  }
  if (!cities.some(({ edge }) => edge)) return missing;
  const { zone } = deployment;
  if (zone === undefined) missing.push("zone: the DNS zone of seeds and of the edge");
  // The fifth part of an ARN.
  else if (aws.length > 0 && hasAccount && zone.certificate.split(":")[4] !== account) {
    missing.push(
      `zone.certificate: one of the account ${account}, since the edge there takes no other`,
    );
  }
  if (aws.length > 0 && deployment.alarms === undefined) missing.push("alarms: where alarms go");
  if (
    cities.some(({ staking }) => staking) &&
    deployment.sweepAddresses[environment] === undefined
  ) {
    missing.push(
      `sweepAddresses.${environment}: the only address that staked money may be swept to`,
    );
  }
  if (!cities.some(({ host }) => host.kind === "external")) return missing;
  if (deployment.releaseKey === undefined) {
    missing.push("releaseKey: what releases of external cities are signed with");
  }
  if (deployment.proxyImage === undefined) {
    missing.push("proxyImage: what holds the certificate of an external city, by digest");
  }
  return missing;
}
