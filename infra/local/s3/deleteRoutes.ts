import type { Store } from './openStore.ts';
import { childText, parseXml, type XmlElement } from './parseXml.ts';
import { readDocument } from './receiveBody.ts';
import type { S3Answer, S3Call } from './s3Call.ts';
import { describeS3Error, s3Error } from './s3Error.ts';
import { type XmlValue, xmlDocument } from './xml.ts';

/** S3: at most 1000 keys of at most 1024 bytes; in XML that is less than this. */
const MAX_DELETES = 1000;
const MAX_DELETE_BYTES = 8 * 1024 * 1024;

interface Deletion {
  key: string;
  versionId: string | undefined;
}

/** DeleteObject and DeleteObjects: a version goes for good, a key gets a delete marker. */
export function deleteRoutes(store: Store) {
  const remove = (bucket: string, { key, versionId }: Deletion) =>
    store.index.transaction(() => {
      if (versionId === undefined) {
        const marker = store.versions.addDeleteMarker(bucket, key, store.nowMs());
        return { blobs: [], marker: marker.versionId };
      }
      const version = store.versions.find(bucket, key, versionId);
      // deleting what is not there is a success in S3
      if (version === undefined) return { blobs: [], marker: undefined };
      const blobs = store.versions.remove(version, store.nowMs());
      return { blobs, marker: version.deleteMarker ? version.versionId : undefined };
    });

  const removeListed = async (
    bucket: string,
    deletion: Deletion,
  ): Promise<{ Deleted?: XmlValue; Error?: XmlValue }> => {
    const { key: Key, versionId: VersionId } = deletion;
    try {
      const { blobs, marker } = remove(bucket, deletion);
      await store.blobs.remove(blobs);
      const markerFields = marker === undefined ? {} : { DeleteMarker: true, DeleteMarkerVersionId: marker };
      return { Deleted: { Key, VersionId, ...markerFields } };
    } catch (error) {
      const { code: Code, message: Message } = describeS3Error(error);
      return { Error: { Key, VersionId, Code, Message } };
    }
  };

  return {
    async DeleteObject({ bucket, key, query }: S3Call): Promise<S3Answer> {
      const versionId = query.get('versionId');
      const { blobs, marker } = remove(bucket.name, { key, versionId });
      await store.blobs.remove(blobs);
      const id = versionId ?? marker ?? '';
      const markerHeader: Record<string, string> = marker === undefined ? {} : { 'x-amz-delete-marker': 'true' };
      return { status: 204, headers: { 'x-amz-version-id': id, ...markerHeader } };
    },

    async DeleteObjects(call: S3Call): Promise<S3Answer> {
      const body = call.body();
      if (body.algorithm === undefined && !body.hasMd5) {
        throw s3Error('InvalidRequest', 'Missing required header for this request: Content-MD5 or x-amz-checksum-');
      }
      const request = parseXml(await readDocument(body, MAX_DELETE_BYTES), 'Delete');
      const deletions = request.children.filter((child) => child.name === 'Object').map(parseDeletion);
      if (deletions.length === 0 || deletions.length > MAX_DELETES) {
        throw s3Error('MalformedXML', 'The document lists no object or more than 1000');
      }
      const results: Array<{ Deleted?: XmlValue; Error?: XmlValue }> = [];
      for (const deletion of deletions) results.push(await removeListed(call.bucket.name, deletion));
      const quiet = childText(request, 'Quiet') === 'true';
      const answer = {
        Deleted: quiet ? undefined : results.map((result) => result.Deleted),
        Error: results.map((result) => result.Error),
      };
      return { status: 200, body: xmlDocument('DeleteResult', answer) };
    },
  };
}

function parseDeletion(object: XmlElement): Deletion {
  const key = childText(object, 'Key') ?? '';
  if (key === '') throw s3Error('MalformedXML', 'An object has no key');
  return { key, versionId: childText(object, 'VersionId') };
}
