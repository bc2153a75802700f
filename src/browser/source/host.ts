/** Whether this page came from an address that the newsroom signed. */
export type HostFinding = "own" | "proxy" | "copy";

const hostOf = (origin: string): string => origin.replace(/^https?:\/\//, "");

/** `abc.onion.example`: somebody between reads an onion service aloud. */
export function findHost(
  here: { readonly origin: string; readonly host: string },
  origins: readonly string[],
): HostFinding {
  if (origins.length === 0 || origins.includes(here.origin)) return "own";
  const onions = origins.map(hostOf).filter((host) => host.endsWith(".onion"));
  const isProxy =
    here.host.includes(".onion.") || onions.some((host) => here.host.startsWith(`${host}.`));
  return isProxy ? "proxy" : "copy";
}

export const onionOf = (origins: readonly string[]): string | null =>
  origins.find((origin) => hostOf(origin).endsWith(".onion")) ?? null;
