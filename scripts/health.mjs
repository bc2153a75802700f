// Asks both listeners how they are, as a container's health check does: exit 0 only when both answer 200. Each listener
// answers to its own host names alone, so the first configured origin's name is used.
import { request } from "node:http";
import process from "node:process";

const listeners = [
  {
    port: process.env.SOURCE_PORT ?? "3000",
    origins: process.env.SOURCE_ORIGIN,
    name: "127.0.0.1",
  },
  {
    port: process.env.NEWSROOM_PORT ?? "3001",
    origins: process.env.NEWSROOM_ORIGIN,
    name: "localhost",
  },
];

const hostOf = ({ origins, name, port }) => {
  const first = origins?.split(",")[0]?.trim();
  return first ? new URL(first).host : `${name}:${port}`;
};

const ask = (listener) =>
  new Promise((resolve) => {
    const options = {
      host: "127.0.0.1",
      port: listener.port,
      path: "/healthz",
      headers: { host: hostOf(listener) },
      timeout: 4_000,
    };
    const asked = request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
    asked.end();
  });

const answers = await Promise.all(listeners.map(ask));
process.exitCode = answers.every((well) => well) ? 0 : 1;
