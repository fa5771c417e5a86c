module rawserve

go 1.26
