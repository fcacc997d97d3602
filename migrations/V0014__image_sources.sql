-- Images that are not files of their own: so many bytes of an archive.

ALTER TABLE images
    ADD COLUMN container text,
    ADD COLUMN byte_offset bigint,
    ADD CONSTRAINT images_place_check CHECK (
        (container IS NULL) = (byte_offset IS NULL) AND (byte_offset IS NULL OR byte_offset >= 0)
        AND (container IS NULL OR (container !~ '(^|/)\.\.?(/|$)' AND container !~ '^/' AND container !~ '//' AND container !~ '/$')));
COMMENT ON COLUMN images.container IS
    'The archive that holds the image, below the data set''s root; empty where the root is the archive; NULL for a file of its own.';
COMMENT ON COLUMN images.byte_offset IS 'The image''s first byte in its archive, from 0; as many follow as bytes says.';
COMMENT ON COLUMN datasets.root IS
    'An absolute path, or an https:// or s3:// address, of a folder or of archives; without credentials, which workers take from their environment.';
