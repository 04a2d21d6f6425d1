-- Whether there is text in what a generation was read from that was not recognised, because that was put off or because
-- nothing on the machine could. Who copies it has that to do as well.
ALTER TABLE generations ADD COLUMN unrecognised INTEGER NOT NULL DEFAULT 0;
UPDATE generations SET unrecognised = 1
WHERE id IN (SELECT d.generation FROM documents d JOIN jobs j ON j.document = d.id WHERE j.recognise = 1)
   OR coverage LIKE '%"code":"ocr-missing"%' OR coverage LIKE '%"code":"ocr-off"%' OR coverage LIKE '%"code":"garbled"%';
