import type { Page } from "puppeteer-core";

/** Whatever a browser kept of a visit, in words; an empty list is right. */
export const tracesIn = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const databases = async (): Promise<readonly string[]> => {
      try {
        return (await indexedDB.databases()).map(({ name }) => `IndexedDB ${name}`);
      } catch {
        return [];
      }
    };
    const storage = (name: "localStorage" | "sessionStorage"): readonly string[] => {
      try {
        return Object.keys(globalThis[name]).map((key) => `${name} ${key}`);
      } catch {
        return [];
      }
    };
    const caches = async (): Promise<readonly string[]> => {
      try {
        return (await globalThis.caches.keys()).map((key) => `cache ${key}`);
      } catch {
        return [];
      }
    };
    const workers = async (): Promise<readonly string[]> => {
      try {
        return (await navigator.serviceWorker.getRegistrations()).map(
          ({ scope }) => `worker ${scope}`,
        );
      } catch {
        return [];
      }
    };
    return [
      ...(document.cookie === "" ? [] : [`cookie ${document.cookie}`]),
      ...storage("localStorage"),
      ...storage("sessionStorage"),
      ...(await databases()),
      ...(await caches()),
      ...(await workers()),
      ...(document.querySelector("link[rel=manifest]") === null ? [] : ["manifest"]),
      ...(window.name === "" ? [] : [`window name ${window.name}`]),
      ...(history.state === null ? [] : ["history state"]),
    ];
  });

/** Everything a page asks for, and of whom, from now on. */
export const watchRequests = (page: Page): (() => readonly string[]) => {
  const seen: string[] = [];
  page.on("request", (request) => {
    seen.push(request.url());
  });
  return () => seen;
};

/** What a page asked of others; `data:` is Firefox speaking to itself and reaches nobody. */
export const foreign = (urls: readonly string[], origin: string): readonly string[] =>
  urls.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:"));
