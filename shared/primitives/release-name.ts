/**
 * Name of a release: of its folder in the bucket, of its image in every registry, and of what a city
 * says that it runs. At most 64 letters.
 *
 * @source distribution-spec 1.1, "Pulling manifests": a tag
 */
export const RELEASE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

/** That rule for a person, behind "… is no name". */
export const RELEASE_NAME_RULE = "of up to 64 letters, digits and . _ -, with no . or - first";
