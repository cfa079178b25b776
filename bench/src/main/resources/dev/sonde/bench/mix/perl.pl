for(;;){$i++;$s=sprintf("%d",$i)}
