/** A package of the lock file, as far as it is read here. */
export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** `package-lock.json`. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** One that runs in production. */
export interface ProductionPackage {
  /** Its folder, such as `node_modules/zod`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** `sha512-…` of the archive it came in. */
  readonly integrity: string | undefined;
  readonly license: string | undefined;
  /** Whether the node also runs without it. */
  readonly optional: boolean;
}

/** What the node needs when it runs, in the order of its folders: all but what only develops it. */
export function productionPackages({ packages }: LockFile): readonly ProductionPackage[] {
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== "" && dev !== true && devOptional !== true)
    .map(([path, { version, integrity, license, optional }]) => ({
      path,
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: version ?? "",
      integrity,
      license,
      optional: optional === true,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
