import { parseAuditAnchor } from "../../src/protocol/public/audit-anchor.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import type {
  IdentityPublicKey,
  LogPublicKey,
  NewsroomId,
  NewsroomPublicKey,
} from "../../src/protocol/public/crypto.ts";
import {
  logNameOf,
  openCheckpoint,
  verifierKey,
} from "../../src/protocol/public/log-checkpoint.ts";
import {
  isProven,
  parseEvidence,
  parseInclusion,
  parseLeaves,
  parseProof,
} from "../../src/protocol/public/log-evidence.ts";
import { isConsistent, isIncluded } from "../../src/protocol/public/log-proof.ts";
import { grow, leafHash, NO_PEAKS, rootOf } from "../../src/protocol/public/log-tree.ts";
import { openRestored } from "../../src/protocol/public/restored.ts";
import { openSeen, vaultHash } from "../../src/protocol/public/seen.ts";
import type { Inputs } from "./case.ts";
import type { Operations } from "./operations.ts";

const headOf = (inputs: Inputs, prefix = "") => ({
  size: inputs.number(`${prefix}size`),
  root: inputs.bytes(`${prefix}root`),
});

/** The key log: tree, proofs, checkpoint, answers, and what is signed about it. docs/protocol.md §16, §18.5. */
export const LOG_OPERATIONS: Operations = {
  "log-root": {
    yes: "valid",
    run: (crypto, inputs) => {
      const peaks = inputs
        .list("leaves")
        .reduce((tree, leaf) => grow(crypto, tree, leafHash(crypto, leaf)).peaks, NO_PEAKS);
      return { size: peaks.size, root: hex(rootOf(crypto, peaks)) };
    },
  },
  "log-inclusion": {
    yes: "valid",
    run: (crypto, inputs) => {
      const { index, proof } = parseInclusion(inputs.bytes("inclusion"));
      const leaf = leafHash(crypto, inputs.bytes("leaf"));
      return { index, included: isIncluded(crypto, { leaf, index, ...headOf(inputs) }, proof) };
    },
  },
  "log-consistency": {
    yes: "valid",
    run: (crypto, inputs) => {
      const proof = parseProof(inputs.bytes("proof"));
      const heads = [headOf(inputs, "old "), headOf(inputs)] as const;
      return { consistent: isConsistent(crypto, heads, proof) };
    },
  },
  "log-checkpoint": {
    yes: "valid",
    run: (crypto, inputs) => {
      const name = logNameOf(inputs.bytes("newsroomId") as NewsroomId);
      const log = { name, key: inputs.bytes("logKey") as LogPublicKey };
      const { size, root } = openCheckpoint(crypto, inputs.bytes("checkpoint"), log);
      return { name, size, root: hex(root), verifierKey: verifierKey(crypto, log) };
    },
  },
  "log-leaves": {
    yes: "valid",
    run: (_crypto, inputs) => parseLeaves(inputs.bytes("leaves")).map(hex),
  },
  "log-evidence": {
    yes: "valid",
    run: (crypto, inputs) => {
      const evidence = parseEvidence(inputs.bytes("evidence"));
      const name = logNameOf(inputs.bytes("newsroomId") as NewsroomId);
      const log = { name, key: evidence.logKey };
      const head = openCheckpoint(crypto, evidence.checkpoint, log);
      return {
        logKey: hex(evidence.logKey),
        size: head.size,
        proven: isProven(crypto, evidence, head),
        consistent: isConsistent(crypto, [headOf(inputs, "old "), head], evidence.consistency),
      };
    },
  },
  "vault-stamp": {
    yes: "valid",
    run: (crypto, inputs) => hex(vaultHash(crypto, inputs.number("version"), inputs.bytes("list"))),
  },
  seen: {
    yes: "valid",
    run: (crypto, inputs) => {
      const {
        root,
        vaultHash: vault,
        ...said
      } = openSeen(crypto, inputs.bytes("statement"), {
        newsroomId: inputs.bytes("newsroomId") as NewsroomId,
        identity: inputs.bytes("identity") as IdentityPublicKey,
      });
      return { ...said, root: hex(root), vaultHash: hex(vault) };
    },
  },
  restored: {
    yes: "valid",
    run: (crypto, inputs) => {
      const { root, ...said } = openRestored(crypto, inputs.bytes("statement"), {
        newsroomId: inputs.bytes("newsroomId") as NewsroomId,
        key: inputs.bytes("newsroomKey") as NewsroomPublicKey,
      });
      return { ...said, root: hex(root) };
    },
  },
  "audit-anchor": {
    yes: "valid",
    run: (_crypto, inputs) => {
      const anchor = parseAuditAnchor(inputs.bytes("leaf"));
      return anchor && { day: anchor.day, hash: hex(anchor.hash) };
    },
  },
};
