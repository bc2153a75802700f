/** What is built, as data: two apps, each a set of pages, styles and scripts of its own origin. */
export type AppName = "source" | "newsroom";

export type ScriptSpec = {
  readonly name: string;
  readonly entry: string;
  /** Global by which later scripts of the app learn the URL; workers stand before the pages' scripts. */
  readonly define?: string;
  /** Holds libsodium: its answer carries 'wasm-unsafe-eval'. */
  readonly wasm?: boolean;
  /** Runs in the page's own document, once all of that is there. */
  readonly page?: boolean;
  /** A service worker keeps its name, or browsers could not update it. */
  readonly unhashed?: boolean;
};

export type AppSpec = {
  readonly name: AppName;
  readonly view: string;
  readonly styles: string;
  readonly scripts: readonly ScriptSpec[];
};

export const apps: readonly AppSpec[] = [
  {
    name: "source",
    view: "/source/index",
    styles: "source.css",
    scripts: [
      {
        name: "worker-sodium",
        entry: "src/browser/source/worker-sodium.ts",
        define: "WORKER_SODIUM",
        wasm: true,
      },
      {
        name: "worker-noble",
        entry: "src/browser/source/worker-noble.ts",
        define: "WORKER_NOBLE",
      },
      { name: "main", entry: "src/browser/source/main.ts", page: true },
    ],
  },
  {
    name: "newsroom",
    view: "/newsroom/index",
    styles: "newsroom.css",
    scripts: [
      {
        name: "worker",
        entry: "src/browser/newsroom/worker/main.ts",
        define: "NEWSROOM_WORKER",
        wasm: true,
      },
      {
        name: "strength",
        entry: "src/browser/newsroom/strength/main.ts",
        define: "NEWSROOM_STRENGTH",
      },
      {
        name: "streamer",
        entry: "src/browser/streamer/main.ts",
        define: "STREAMER",
        unhashed: true,
      },
      { name: "main", entry: "src/browser/newsroom/main.ts", page: true },
    ],
  },
];
