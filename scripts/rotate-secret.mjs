// `npm run rotate-secret`: gives an installation with an embedded database a new secret of its own. The former one lies beside it
// until the server has moved everything; the next start begins with that. docs/operations.md, "Changing the secret".
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const server = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist/server");
const { ConfigError, readConfig } = await import(join(server, "config.js"));
const { changeSecretOfDataDir } = await import(join(server, "secrets/secret-file.js"));

const change = () => {
  const { secret, dataDir } = readConfig();
  if (secret !== null) {
    throw new ConfigError(
      "SEALDROP_SECRET is set, so the secret is yours to change: docs/operations.md, Changing the secret.",
    );
  }
  changeSecretOfDataDir(dataDir);
  return dataDir;
};

try {
  const dataDir = change();
  process.stdout.write(
    `A new secret is in ${join(dataDir, "secret")}; the one before lies beside it. Restart the server now.\n` +
      "Nobody is logged out and every second factor stays. The server removes the former secret by itself when nothing needs it any more.\n",
  );
} catch (error) {
  const known = error instanceof ConfigError;
  process.stderr.write(
    `sealdrop: ${known ? error.message : "The data folder could not be written."}\n`,
  );
  process.exit(1);
}
