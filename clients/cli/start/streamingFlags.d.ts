declare function setStreamingFlags(): Promise<void>;
declare function leaveStreamingFlags(): void;
declare function compileAhead(): void;
declare function endLoading(): void;
declare function compileForLong(): void;

export { compileAhead, compileForLong, endLoading, leaveStreamingFlags, setStreamingFlags };
