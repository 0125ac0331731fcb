import crypto from 'node:crypto';
import stream from 'node:stream';
import zlib from 'node:zlib';
import { codecsFromNode } from '../../core/submission/codecsFromNode.ts';

export const nodeCodecs = codecsFromNode({ crypto, zlib, stream });
