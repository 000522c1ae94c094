// A set-up file: hashing a password takes 60 ms of a processor on purpose, and a run of all tests hashes over a thousand. Here
// scrypt is asked for the same, by the same calls, and answers at its least cost. Another cost than production's is an error,
// so nobody lowers that one unseen.
import crypto from 'node:crypto'
import type { ScryptOptions } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

const asked = { N: 16_384, r: 16, p: 1 }
const given = { N: 2, r: 1, p: 1 }
const real = crypto.scrypt

type Answer = (error: Error | null, key: Buffer) => void

function quickScrypt(...[password, salt, length, options, answer]: QuickParameters): void {
  if (options.N !== asked.N || options.r !== asked.r || options.p !== asked.p)
    throw new Error(`scrypt was asked for ${JSON.stringify(options)} instead of ${JSON.stringify(asked)}`)
  real(password, salt, length, given, answer)
}

type QuickParameters = [password: string, salt: string, length: number, options: ScryptOptions, answer: Answer]

// Runs once for each test file, and several share a process.
if (real.name !== quickScrypt.name) {
  Object.assign(crypto, { scrypt: quickScrypt })
  syncBuiltinESMExports()
}
