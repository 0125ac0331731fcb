declare function setStreamingFlags(): void;
declare function growYoungGeneration(): void;
declare function compileAhead(): void;
declare function endLoading(): void;

export { compileAhead, endLoading, growYoungGeneration, setStreamingFlags };
