declare function setStreamingFlags(): Promise<void>;
declare function growYoungGeneration(): void;
declare function compileAhead(): void;
declare function endLoading(): void;

export { compileAhead, endLoading, growYoungGeneration, setStreamingFlags };
