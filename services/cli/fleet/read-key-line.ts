import type { City } from "#regions/city.ts";

/**
 * The line of a shell that prints a key out of the parameters of a city on AWS, for whoever has the
 * credentials to read them. It holds none.
 * @param name such as `edge-key`
 */
export function readKeyLine(
  fleet: string,
  { code, host }: Pick<City, "code" | "host">,
  name: string,
): string {
  return `aws ssm get-parameter --region ${host.region} --name /exos/${fleet}/${code}/${name} --with-decryption --query Parameter.Value --output text`;
}
