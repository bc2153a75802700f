/** The one Trusted Types policy: it makes worker URLs, and only of paths the build itself named. */

type Policy = { createScriptURL(path: string): string };
type PolicyFactory = {
  createPolicy(name: string, rules: { createScriptURL: (path: string) => string }): Policy;
};

export type ScriptUrls = {
  /** Throws for a path that is not on the list. */
  readonly worker: (path: string) => Worker;
  /** For `navigator.serviceWorker.register`. */
  readonly url: (path: string) => string;
};

function factory(): PolicyFactory | undefined {
  const found = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  return found;
}

/** Call once a page: a second policy of the same name is refused by the browser. */
export function createScriptUrls(paths: readonly string[]): ScriptUrls {
  const rules = {
    createScriptURL: (path: string): string => {
      if (path === "" || !paths.includes(path)) throw new TypeError("not a script of this site");
      return path;
    },
  };
  const policy = factory()?.createPolicy("sealdrop", rules) ?? rules;
  return {
    worker: (path) => new Worker(policy.createScriptURL(path)),
    url: (path) => policy.createScriptURL(path),
  };
}
