/**
 * `node test/e2e/cfn-lint.ts`: every template of the fleet and of the local city by cfn-lint, each for
 * the region that it is deployed to. Exit code 1 for an error, for a warning without a reason, and for
 * a reason that nothing needs. The CDK's linter is another: `npm run long -- templates`.
 *
 * @source cloud.md 16 row 9
 * @module
 */
import { mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createApp, NO_IMAGE } from "#infra/create-app.ts";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import { installRequirements } from "#services/cli/cloud/install-requirements.ts";
import { runProgram } from "#services/cli/cloud/run-program.ts";

/** Every warning that stands, and why. */
const ACKNOWLEDGED: Readonly<Record<string, string>> = {
  W3005:
    "The CDK has a function wait for its role and all that belongs to it, also where a reference says so already: twice said is as good as once.",
};
const CFN_LINT = {
  title: "cfn-lint",
  lock: join(import.meta.dirname, "..", "support", "cfn-lint-requirements.txt"),
} as const;
/** Its own script knows where it was made, which is beside its place. */
const MAIN = "import sys; from cfnlint.runner import main; sys.exit(main())";
/** A queue whose patience is no number, in a template that has nothing else. */
const PLANTED = {
  Resources: { Q: { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: "soon" } } },
};

/** As cfn-lint tells it. */
interface Finding {
  readonly Level: "Error" | "Warning" | "Informational";
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path?: readonly (string | number)[] };
}

/** Templates that are deployed to one region. */
interface Templates {
  readonly name: string;
  readonly region: string;
  readonly files: readonly string[];
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const { signal } = new AbortController();

/** The stages of an environment, synthesised into a folder. */
function synthesise(environment: "prod" | "local", folder: string): readonly Templates[] {
  const { directory } = createApp({
    environment,
    deployment: EXAMPLE_DEPLOYMENT,
    bundles: undefined,
    imageDigest: NO_IMAGE,
    router: "function handler(event) { return event.request; }",
    outdir: join(folder, environment),
  }).synth();
  return readdirSync(directory)
    .filter((name) => name.startsWith("assembly-"))
    .map((stage) => {
      const at = join(directory, stage);
      const { artifacts } = JSON.parse(readFileSync(join(at, "manifest.json"), "utf8"));
      const stacks = Object.values<{ type: string; environment?: string }>(artifacts).filter(
        ({ type }) => type === "aws:cloudformation:stack",
      );
      const region = stacks[0]?.environment?.split("/").at(-1) ?? "";
      const files = readdirSync(at).filter((file) => file.endsWith(".template.json"));
      const name = stage.slice("assembly-".length);
      return { name, region, files: files.map((file) => join(at, file)) };
    });
}

async function lint(python: string, { name, region, files }: Templates): Promise<Finding[]> {
  const how = ["--non-zero-exit-code", "none", "--format", "json", "--regions", region];
  const said = await runProgram(python, ["-c", MAIN, ...how, "--template", ...files], {
    doing: `linting ${name}`,
    env: process.env,
    signal,
  });
  return JSON.parse(said);
}

async function run(): Promise<boolean> {
  const python = await installRequirements(CFN_LINT, {
    onNote: print,
    environment: process.env,
    signal,
  });
  using folder = mkdtempDisposableSync(join(tmpdir(), "exos-lint-"));
  const planted = join(folder.path, "planted.json");
  writeFileSync(planted, JSON.stringify(PLANTED));
  const trial = { name: "a planted fault", region: "us-east-1", files: [planted] };
  const seen = await lint(python, trial);
  const failures = seen.some(({ Level }) => Level === "Error") ? [] : ["a planted fault: unseen"];

  const counts = new Map<string, number>();
  const stages = [...synthesise("prod", folder.path), ...synthesise("local", folder.path)];
  const findings = new Map<Templates, Finding[]>();
  const left = stages.values();
  const lintLeft = async () => {
    for (const stage of left) findings.set(stage, await lint(python, stage));
  };
  // It fills one core.
  await Promise.all(Array.from({ length: availableParallelism() }, lintLeft));
  for (const stage of stages) {
    for (const { Level, Message, Rule, Location } of findings.get(stage) ?? []) {
      counts.set(Rule.Id, (counts.get(Rule.Id) ?? 0) + 1);
      if (Level !== "Error" && ACKNOWLEDGED[Rule.Id] !== undefined) continue;
      failures.push(`${stage.name}: ${Rule.Id} ${Message} (${Location.Path?.join("/")})`);
    }
    print(`${stage.name}: ${stage.files.length} templates for ${stage.region}`);
  }
  for (const [id, reason] of Object.entries(ACKNOWLEDGED)) {
    const count = counts.get(id) ?? 0;
    if (count === 0) failures.push(`${id} is acknowledged and found nowhere`);
    print(`${id}, ${count} times: ${reason}`);
  }
  for (const line of failures) print(`FAILED ${line}`);
  print(`cfn-lint: ${failures.length} findings without a reason`);
  return failures.length === 0;
}

process.exitCode = (await run()) ? 0 : 1;
