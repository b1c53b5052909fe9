import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ImageFault, outputOf } from "./image-fault.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/** Texts that say what an image of LocalStack consists of. */
export interface LocalstackRecipe {
  /** Lock of Python's packages, with the hash of each file. */
  readonly requirements: string;
  /** SHA-256 and name of each file of Amazon's DynamoDB, as `sha256sum` writes them. */
  readonly jars: string;
  /** Script that stands for Java. */
  readonly java: string;
}

export interface LayOutOptions {
  /** Empty; takes 2 GB. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onNote: (line: string) => void;
}

const DEBIAN = "trixie";
const MIRROR = "http://deb.debian.org/debian";
const PACKAGES = ["python3", "python3-venv", "openjdk-21-jre-headless", "ca-certificates"];
const AUTHORITIES = "etc/ssl/certs/ca-certificates.crt";
const STEP_MS_MAX = 1_800_000;
/** Documents, translations, archives and lists that nobody reads in a container. */
const LEFT_OUT = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "var/cache/apt",
  "var/lib/apt/lists",
  "var/log",
  "root/.cache",
  "etc/resolv.conf",
];
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId>
    <version>3.0.0</version>
  </dependency></dependencies>
</project>
`;

/**
 * A root folder of Debian that has LocalStack, as root and over the network. @source cloud.md 14.5
 *
 * @returns its path
 * @throws ImageFault for a step that failed, or a file that is not the locked one
 */
export async function layOutLocalstack(
  recipe: LocalstackRecipe,
  { folder, environment, onNote }: LayOutOptions,
): Promise<string> {
  const root = join(folder, "root");
  const run = (command: string, words: readonly string[], env = environment) =>
    runCommand(command, words, { environment: env, folder, timeoutMs: STEP_MS_MAX });
  onNote(`fetching Debian (${DEBIAN}) with Python and Java`);
  const included = `--include=${PACKAGES.join(",")}`;
  const made = await run("debootstrap", ["--variant=minbase", included, DEBIAN, root, MIRROR]);
  outputOf("fetching Debian", made);
  onNote("fetching LocalStack and what it imports");
  await installPackages(root, recipe.requirements, environment, run);
  onNote("fetching DynamoDB");
  await installDynamo(root, join(folder, "jars"), recipe, run);
  for (const path of LEFT_OUT) rmSync(join(root, path), { recursive: true, force: true });
  return root;
}

type Run = (
  command: string,
  words: readonly string[],
  env?: LayOutOptions["environment"],
) => Promise<CommandResult>;

/** Python's packages into `/opt/localstack`, each file by its hash. Three of them are built there. */
async function installPackages(
  root: string,
  requirements: string,
  environment: LayOutOptions["environment"],
  run: Run,
): Promise<void> {
  for (const path of ["etc/resolv.conf", AUTHORITIES]) {
    // Whoever this machine trusts is who its index of packages is signed by.
    if (existsSync(`/${path}`)) copyFileSync(`/${path}`, join(root, path));
  }
  const inside = insideEnvironment(environment);
  const chroot = async (words: readonly string[], doing: string) =>
    outputOf(doing, await run("chroot", [root, ...words], inside));
  await chroot(
    ["/usr/bin/python3", "-m", "venv", "/opt/localstack"],
    "making Python's environment",
  );
  const strict = [
    "--no-deps",
    "--require-hashes",
    "--no-build-isolation",
    "--no-cache-dir",
    "--quiet",
  ];
  // What builds the others has to be there before them.
  const first = /^setuptools==(.*\\\n)*.*\n/m.exec(requirements)?.[0] ?? "";
  for (const text of [first, requirements]) {
    writeFileSync(join(root, "tmp", "requirements.txt"), text);
    const words = ["/opt/localstack/bin/pip", "install", ...strict, "-r", "/tmp/requirements.txt"];
    await chroot(words, "fetching LocalStack");
  }
  rmSync(join(root, "tmp", "requirements.txt"));
}

/** Of this machine's variables what still holds in another root: not the folders that some name. */
function insideEnvironment(environment: LayOutOptions["environment"]): Record<string, string> {
  const kept = Object.entries(environment).flatMap(([name, value]) =>
    /^(PIP_(?!FIND_LINKS|CERT|CACHE_DIR)|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)/.test(name) &&
    value !== undefined
      ? [[name, value] as const]
      : [],
  );
  return {
    ...Object.fromEntries(kept),
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    LANG: "C.UTF-8",
    PIP_CERT: `/${AUTHORITIES}`,
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_ROOT_USER_ACTION: "ignore",
  };
}

/** Amazon's DynamoDB where LocalStack looks for the one that it would download. */
async function installDynamo(
  root: string,
  fetched: string,
  { jars, java }: LocalstackRecipe,
  run: Run,
): Promise<void> {
  mkdirSync(fetched);
  const pom = join(fetched, "pom.xml");
  writeFileSync(pom, POM);
  const copy = ["dependency:copy-dependencies", "-DincludeScope=runtime"];
  const words = ["-q", "-B", "-f", pom, ...copy, `-DoutputDirectory=${fetched}`];
  outputOf("fetching DynamoDB", await run("mvn", words));
  const place = join(root, "opt", "dynamodb-local");
  mkdirSync(place);
  for (const line of jars.trim().split("\n")) {
    const [hash = "", name = ""] = line.split(/ +/);
    const bytes = readFileSync(join(fetched, name));
    if (createHash("sha256").update(bytes).digest("hex") !== hash) {
      throw new ImageFault(`${name} of Maven is not the one that is locked`);
    }
    cpSync(join(fetched, name), join(place, name));
  }
  const lib = join(root, "var", "lib", "localstack", "lib");
  const [expected, bin] = [join(lib, "dynamodb-local", "2"), join(lib, "java", "21", "bin")];
  for (const path of [expected, bin]) mkdirSync(path, { recursive: true });
  copyFileSync(join(place, "DynamoDBLocal-3.0.0.jar"), join(expected, "DynamoDBLocal.jar"));
  writeFileSync(join(bin, "java"), java);
  chmodSync(join(bin, "java"), 0o755);
}
