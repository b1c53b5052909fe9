/** A resource as a template has it. */
export interface PricedResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A template, as far as prices go. */
export interface PricedTemplate {
  readonly Resources: Readonly<Record<string, PricedResource>>;
}
