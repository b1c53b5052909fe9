/** The manifest of an image, or the index of several, exactly as its digest names it. */
export interface ImageManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/**
 * One repository of images, which takes bytes under their own digest (`sha256:…`). What was put may be
 * put again. Every method throws StoreFault when the world failed.
 *
 * Implementation: `adapters/aws/ecr-registry.ts`.
 */
export interface ImageRegistry {
  /** Whether it has the manifest of this digest, and whether there is such a repository at all. */
  find(digest: string): Promise<"there" | "missing" | "no repository">;
  hasBlob(digest: string): Promise<boolean>;
  putBlob(digest: string, bytes: Uint8Array): Promise<void>;
  /**
   * All that the manifest names must be there.
   *
   * @param reference its digest, or a tag
   */
  putManifest(reference: string, manifest: ImageManifest): Promise<void>;
}
