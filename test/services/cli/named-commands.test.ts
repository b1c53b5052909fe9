import { describe, expect, it } from "vitest";
import { verbOf } from "#services/cli/commands/help.ts";
import { start } from "#services/cli/commands/start.ts";
import { COMMANDS } from "#services/cli/commands.ts";
import { citiesToDeploy } from "#services/cli/fleet/cities-to-deploy.ts";
import { RUNBOOK } from "#services/cli/fleet/runbook.ts";
import { parseCommandLine } from "#services/cli/parse-command-line.ts";
import { REASON_NAMES, reasonOf } from "#shared/fleet/reason.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { ERROR_CATALOGUE } from "#shared/primitives/error-catalogue.ts";
import { README } from "../../support/readme-lines.ts";

/** Each command in backticks of a text, as words behind `exos`. */
const namedIn = (text: string): string[][] =>
  [...text.matchAll(/`exos ([^`]+)`/g)].map(([, line = ""]) => line.split(" "));

/** What is wrong with a command that somebody is told to run. */
function mistakesIn(words: readonly string[]): readonly string[] {
  const line = parseCommandLine(words, COMMANDS, start);
  const [word] = line.positionals;
  const verb = line.command && verbOf(line.command, word);
  const isUnknownVerb = verb === undefined && line.command?.verbs !== undefined;
  const untaken = Object.keys(line.options).filter(
    (option) => verb?.options.includes(option) === false,
  );
  return [
    ...line.errors,
    ...(line.unknown === undefined ? [] : [`no command ${line.unknown}`]),
    ...(isUnknownVerb ? [`no verb ${word}`] : []),
    ...untaken.map((option) => `${word} takes no --${option}`),
  ];
}

describe("a command that somebody is told to run", () => {
  const hints = Object.entries(ERROR_CATALOGUE).map(([code, { hint }]) => [code, hint] as const);
  const rows = RUNBOOK.map(({ event, command }) => [event, command] as const);
  const told = [...hints, ...rows].filter(([, text]) => namedIn(text).length > 0);

  it("is there", () => {
    expect(told.length).toBeGreaterThan(40);
    const wrong = told.flatMap(([where, text]) =>
      namedIn(text).flatMap((words) =>
        mistakesIn(words).map((mistake) => `${where}: exos ${words.join(" ")}: ${mistake}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it("names the environment where it asks how deployed cities stand", () => {
    const fixes = REASON_NAMES.map((name) => {
      return [name, reasonOf(name, { text: "", since: unixSeconds(0) }).fix] as const;
    });
    // The one that speaks of the cities of a process that runs here.
    const spoken = [...hints, ...rows, ...fixes].filter(([where]) => where !== "EXOS-E8001");
    const asked = spoken.flatMap(([where, text]) =>
      [...text.matchAll(/exos fleet status([^`.,;:]*)/g)].map(([, words = ""]) => [where, words]),
    );
    expect(asked.length).toBeGreaterThan(12);
    expect(asked.filter(([, words]) => !words?.includes(" --environment "))).toEqual([]);
  });

  it("deploys cities of production in a way that is not refused", () => {
    const pages = [...README.matchAll(/^exos (fleet deploy.*)$/gm)].map(([, line = ""]) => line);
    const lines = [
      ...pages,
      ...rows.flatMap(([, text]) => namedIn(text)).map((of) => of.join(" ")),
    ];
    const orders = lines.filter((line) => line.startsWith("fleet deploy"));
    expect(orders.length).toBeGreaterThan(7);
    for (const line of orders) {
      const words = line.replace("CITY", "syd").split(" ");
      const { options } = parseCommandLine(words, COMMANDS, start);
      expect(() => citiesToDeploy("prod", { options }), line).not.toThrow();
    }
  });

  it.each([
    [["fleet", "mend", "CITY"], "no verb mend"],
    [["fleet", "plan", "--bake", "5"], "plan takes no --bake"],
    [["flet", "plan"], "no command flet"],
    [["fleet", "status", "--gruops"], "unknown option --gruops"],
  ])("would be found wrong: %j", (words, mistake) => {
    expect(mistakesIn(words).join()).toContain(mistake);
  });
});
