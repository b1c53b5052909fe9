/** What a CloudFront Function of runtime 2.0 imports, as far as the router uses it. */
declare module "cloudfront" {
  interface EdgeOrigins {
    /** The store that is associated with the function. */
    kvs(): {
      /** @throws where the key is absent */
      get(key: string): Promise<string>;
    };
    /** Send the request to an origin of the distribution. */
    selectRequestOriginById(id: string): void;
    /** Send it to two origins of the distribution, the second when the first answers a listed status. */
    createRequestOriginGroup(group: {
      readonly originIds: readonly { readonly originId: string }[];
      readonly failoverCriteria: { readonly statusCodes: readonly number[] };
    }): void;
  }
  const cf: EdgeOrigins;
  // biome-ignore lint/style/noDefaultExport: the runtime's module has no other
  export default cf;
}
