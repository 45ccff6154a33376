// Lets Node import the TypeScript of ../support as Playwright does: by leaving the types out.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import ts from 'typescript';

if (isMainThread) register(import.meta.url); // hooks run on a thread of their own

const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { outputText: source } = ts.transpileModule(await readFile(new URL(url), 'utf8'), { compilerOptions });
  return { format: 'module', source, shortCircuit: true };
}
