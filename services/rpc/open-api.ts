import { OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";

/**
 * The document of these routes. Loaded when somebody asks for it: the package behind it reads all of
 * zod, which a start does not need.
 */
export function openApiDocument(routes: readonly RouteConfig[], version: string): object {
  const api = new OpenAPIHono();
  for (const route of routes) api.openAPIRegistry.registerPath(route);
  return api.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "EXOS node",
      version: "1",
      description:
        "The native API of a full node of the EXOS chain. Amounts are decimal text of base units. " +
        `Program version ${version}.`,
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "node", description: "The node itself" },
      { name: "chain", description: "Blocks and headers" },
      { name: "transactions", description: "Transactions and their proofs" },
      { name: "addresses", description: "Addresses and their coins" },
      { name: "fleet", description: "The cities of one process" },
      { name: "staking", description: "How this node and its network stake" },
      { name: "service", description: "The API itself" },
      { name: "operations", description: "For whoever runs the node" },
    ],
  });
}
