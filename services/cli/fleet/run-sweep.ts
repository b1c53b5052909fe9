import { ENVIRONMENTS } from "#regions/environment.ts";
import type { CommandContext } from "#services/cli/command.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { coinsText } from "#services/cli/wallet/coins-text.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import type { Network } from "#shared/consensus/params.ts";
import { parseAddress, scriptOfAddress } from "#shared/script/address.ts";
import { askedFleet } from "./asked-fleet.ts";
import { composeSweep } from "./compose-sweep.ts";
import { onlyCity } from "./named-city.ts";
import { type CitySweep, type SweepOutcome, sweepCity } from "./sweep-city.ts";

const USAGE = "exos fleet sweep CITY --confirm CITY";

/**
 * `exos fleet sweep CITY --confirm CITY`: what the city's key has staked, to the one address that
 * `regions/deployment.ts` fixes. There is no other way out for it.
 */
export async function runSweep(
  context: CommandContext,
  words: readonly string[],
): Promise<ExitCode> {
  const { options, terminal, json } = context;
  const asked = askedFleet(context);
  const { fleet, deployment } = asked;
  const city = onlyCity(fleet, words, USAGE);
  if (!city.staking) {
    throw new CommandFailure(`${city.name} does not stake, and has no key with money`, {
      code: "EXOS-E8003",
      exit: EXIT.usage,
    });
  }
  const network = NETWORKS[ENVIRONMENTS[fleet].network];
  if (network === undefined) throw new RangeError(`${fleet} has a network that is none`);
  const address = deployment.sweepAddresses[fleet];
  const to = address === undefined ? undefined : parseAddress(address, network.addresses);
  if (address === undefined || to === undefined) {
    const said = address === undefined ? "lacks" : `has no address of ${network.name} in`;
    throw new CommandFailure(`regions/deployment.ts ${said} sweepAddresses.${fleet}`, {
      code: "EXOS-E8004",
    });
  }
  if (options["confirm"] !== city.code) {
    throw new CommandFailure(`this sends every mature coin of ${city.name} to ${address}`, {
      code: "EXOS-E8007",
      exit: EXIT.needsConfirmation,
    });
  }
  const deps = await composeSweep(asked, { city, network });
  const swept = await sweepCity(scriptOfAddress(to), deps);
  if (json) terminal.out(JSON.stringify(documentOf(swept, { city: city.code, to: address })));
  else for (const line of sweepLines(swept, address, network)) terminal.out(line);
  const isWhole = swept.parts.every(({ state }) => state === "sent");
  return isWhole ? EXIT.done : EXIT.refused;
}

/** Amounts are text: they are past what a number of JSON holds. */
function documentOf(
  { from, parts, value }: CitySweep,
  to: { readonly city: string; readonly to: string },
): object {
  const rows = parts.map((part) => ({ ...part, value: `${part.value}`, fee: `${part.fee}` }));
  return { schema: "exos.fleet-sweep.v1", ...to, from, value: `${value}`, parts: rows };
}

function sweepLines(
  { from, parts, value }: CitySweep,
  to: string,
  { ticker }: Pick<Network, "ticker">,
): string[] {
  if (parts.length === 0) return [`${from} has nothing that is worth a fee.`];
  const sum = `${coinsText(value)} ${ticker}`;
  return [...parts.map(lineOf), `${sum} are on their way from ${from} to ${to}.`];
}

function lineOf(part: SweepOutcome): string {
  const what = `${part.coins} coins, ${coinsText(part.value)} and a fee of ${coinsText(part.fee)}`;
  return part.state === "sent"
    ? `${part.txid}: ${what}`
    : `REFUSED: ${what}: ${part.reason} [${part.code}]`;
}
