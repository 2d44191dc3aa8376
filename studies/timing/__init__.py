"""What the speed study measures: contestants as code for fresh processes, and the parts that take more than that."""
