declare function stateOf(path: string): string | undefined;
declare function freshBundle(root?: string): string | undefined;

export { freshBundle, stateOf };
