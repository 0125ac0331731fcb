declare function setStreamingFlags(): void;

export { setStreamingFlags };
