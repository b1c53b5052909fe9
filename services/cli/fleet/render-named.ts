import { DEPLOYMENT, type Deployment } from "#regions/deployment.ts";
import { originOf } from "#regions/edge-names.ts";
import { ENVIRONMENTS, type EnvironmentName } from "#regions/environment.ts";
import { citiesOf } from "#regions/fleet.ts";
import { missingFacts } from "#regions/missing-facts.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import { checkDeployment } from "./check-deployment.ts";
import { unknownCity } from "./chosen-cities.ts";
import { environmentOf } from "./environment-of.ts";
import { releaseKeyPem } from "./release-key.ts";
import { renderCity } from "./render-city.ts";

/** `exos fleet render CITY`: what a machine outside AWS is made with, on stdout. */
export async function runRender(
  context: CommandContext,
  [code, ...more]: readonly string[],
): Promise<ExitCode> {
  const { terminal, json, options } = context;
  const serialMin = Number(options["serial"] ?? 0);
  if (code === undefined || more.length > 0) {
    throw usageFailure("fleet render takes one city", "exos fleet render CITY");
  }
  const text = renderNamed(code, environmentOf(context), DEPLOYMENT, serialMin);
  terminal.out(json ? JSON.stringify({ schema: "exos.fleet-render.v1", cloudInit: text }) : text);
  return EXIT.done;
}

/**
 * The cloud-init of a city by its three letters.
 *
 * @param serialMin of the channel that it follows, or 0
 * @throws CommandFailure when there is no such city outside AWS, or facts of the deployer are missing
 */
export function renderNamed(
  code: string,
  environment: EnvironmentName,
  deployment: Deployment,
  serialMin: number,
): string {
  const city = citiesOf(environment).find((one) => one.code === code);
  if (city === undefined) throw unknownCity(code, environment);
  if (city.host.kind !== "external") {
    throw new CommandFailure(
      `${city.name} is deployed to AWS: \`exos fleet deploy --city ${code}\``,
      {
        code: "EXOS-E8003",
        exit: EXIT.usage,
      },
    );
  }
  checkDeployment(environment, deployment);
  const { zone, releaseKey, proxyImage, operator } = deployment;
  if (zone === undefined || releaseKey === undefined || proxyImage === undefined) {
    const lacking = missingFacts(deployment, environment, [city]);
    throw new CommandFailure(`regions/deployment.ts lacks ${lacking.join("; ")}`, {
      code: "EXOS-E8004",
    });
  }
  const { network } = ENVIRONMENTS[environment];
  const chain = NETWORKS[network];
  if (chain === undefined) throw new RangeError(`no network is named ${network}`);
  return renderCity({
    code,
    name: city.name,
    environment,
    network,
    peerPort: chain.ports.p2p,
    host: originOf(city, deployment),
    channelUrl: `https://${zone.name}/release/channel-${city.wave}.json`,
    serialMin,
    releaseKey: releaseKeyPem(releaseKey),
    proxyImage,
    operator,
    keyCity: citiesOf(environment).find(({ edge, host }) => edge && host.kind === "aws"),
    ...(city.traces && { traces: city.traces }),
  });
}
